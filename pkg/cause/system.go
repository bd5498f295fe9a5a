package cause

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// connection tells what became of a connection.
func connection(err *net.OpError) string {
	if err.Op == "proxyconnect" { // as net/http calls the way to a proxy
		return "the proxy can't be reached: " + Text(err.Err)
	}
	if inner, ok := errors.AsType[*net.DNSError](err.Err); ok {
		return lookup(inner)
	}
	there := "the server"
	if err.Addr != nil {
		there = err.Addr.String()
	}
	switch {
	case err.Timeout():
		return there + " does not answer in time"
	case errors.Is(err.Err, syscall.ECONNREFUSED):
		return there + " refuses the connection"
	case errors.Is(err.Err, syscall.ECONNRESET), errors.Is(err.Err, syscall.EPIPE), errors.Is(err.Err, net.ErrClosed):
		return "the connection was cut off"
	case errors.Is(err.Err, syscall.ENETUNREACH), errors.Is(err.Err, syscall.EHOSTUNREACH):
		return "this machine knows no way to " + there
	case errors.Is(err.Err, syscall.EADDRINUSE):
		return "another program uses the address " + there
	}
	return "the connection to " + there + " failed: " + last(err.Err)
}

// brokenStream reports whether an error is net/http's own of a broken HTTP/2
// stream. It keeps the type to itself, but lets it be read into a struct of the
// same fields.
func brokenStream(err error) bool {
	readable, ok := err.(interface{ As(any) bool })
	var stream struct {
		StreamID, Code uint32
		Cause          error
	}
	return ok && readable.As(&stream)
}

// file tells what is wrong with a file or folder.
func file(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if folder := filepath.Dir(path); isMissing(folder) {
			return "there is no folder " + folder
		}
		return "there is no " + path
	case errors.Is(err, fs.ErrPermission):
		return path + " is closed to the account that enlist runs as"
	case errors.Is(err, fs.ErrExist):
		return "there is a " + path + " already"
	case errors.Is(err, syscall.EISDIR):
		return path + " is a folder"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of the path " + path + " is a file, not a folder"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk that " + path + " is on is full"
	case errors.Is(err, syscall.EROFS):
		return path + " is on a disk that can only be read"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return path + " does not answer in time"
	}
	return path + ": " + last(err)
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// system tells an error of the operating system that nothing is around to say
// what it is about.
func system(err syscall.Errno) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no file or folder of that name"
	case errors.Is(err, fs.ErrPermission):
		return "the account that enlist runs as may not do that"
	case errors.Is(err, syscall.EISDIR):
		return "it is a folder"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of its path is a file, not a folder"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full"
	case errors.Is(err, syscall.EROFS):
		return "the disk can only be read"
	}
	return ""
}

// last is the text of the innermost error: the system's own words.
func last(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
