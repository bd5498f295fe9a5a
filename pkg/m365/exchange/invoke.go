package exchange

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"enlist/pkg/m365/pace"
)

// errNoAnswer is the cause of a request that took longer than Options.Timeout.
var errNoAnswer = errors.New("no answer in time")

// Invoke runs a command and returns its whole answer: all pages, or an error.
//
// It repeats what may be repeated (see Effect) within the bounds of the Pacer.
// A failure of the service is an *Error, alone or within a *pace.GaveUpError; a
// change whose end is unknown matches ErrUncertain. No token, or a ctx that
// ended, come back as the errors that they are.
func (c *Client) Invoke(ctx context.Context, cmd Command) (Result, error) {
	var result Result
	for p, err := range c.pages(ctx, cmd) {
		if err != nil {
			return Result{}, err
		}
		result.Values = append(result.Values, p.values...)
		result.Warnings = append(result.Warnings, p.warnings...)
		result.RequestID = p.requestID
	}
	return result, nil
}

// pages gives the pages of a command's answer as they come. An error is the
// last of them; without one the answer was whole.
func (c *Client) pages(ctx context.Context, cmd Command) iter.Seq2[page, error] {
	return func(yield func(page, error) bool) {
		body, err := cmd.encode()
		if err != nil {
			yield(page{}, err)
			return
		}
		seen := map[string]bool{}
		for at := c.endpoint(cmd.Select); at != nil; {
			p, err := c.page(ctx, cmd, at, body)
			if err == nil {
				at, err = c.next(cmd, p, seen)
			}
			if err != nil {
				yield(page{}, err)
				return
			}
			if p.next != "" {
				p.warnings = slices.DeleteFunc(p.warnings, isCutShort)
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// next is where the page after p is; nil if p is the last one. The same command
// is posted there (documented for version 2.0 of the API, observed here).
func (c *Client) next(cmd Command, p page, seen map[string]bool) (*url.URL, error) {
	if p.next == "" {
		return nil, nil
	}
	at, err := c.follow(p.next)
	if err == nil && seen[p.next] {
		err = errors.New("the link to the next page leads back to an earlier one")
	}
	if err != nil {
		return nil, c.malformed(cmd, p.requestID, err)
	}
	seen[p.next] = true
	return at, nil
}

// follow checks that a link to the next page stays with the service: the
// token goes where it leads.
func (c *Client) follow(link string) (*url.URL, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("the link to the next page is not a URL")
	}
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host {
		return nil, fmt.Errorf("the link to the next page leads to %q", u.Host)
	}
	return u, nil
}

// page gets one page through the pacer.
func (c *Client) page(ctx context.Context, cmd Command, at *url.URL, body []byte) (page, error) {
	var got page
	var tries int
	var uncertain bool // an earlier try may have done it
	err := c.pacer.Do(ctx, func(ctx context.Context) error {
		var err error
		got, err = c.try(ctx, cmd, at, body)
		tries++
		if e, ok := errors.AsType[*Error](err); ok {
			e.Repeated = uncertain
			// An answer that is no verdict leaves open what the earlier try did.
			e.uncertain = e.uncertain || uncertain && e.advice.Again
			uncertain = uncertain || e.uncertain
			if e.tries > 0 && tries >= e.tries {
				e.advice.Again = false
			}
		}
		return err
	})
	return got, c.unsent(cmd, err)
}

// unsent gives a command that was never sent, because others are throttled, an
// error of its own: what the pacer knows is the one of another command.
func (c *Client) unsent(cmd Command, err error) error {
	gaveUp, ok := errors.AsType[*pace.GaveUpError](err)
	if !ok || gaveUp.Attempts > 0 {
		return err
	}
	theirs, ok := errors.AsType[*Error](gaveUp.Err)
	if !ok {
		return err
	}
	return &pace.GaveUpError{Waited: gaveUp.Waited, Err: &Error{
		Command:    cmd.Name,
		Target:     cmd.target(),
		RetryAfter: theirs.RetryAfter,
		kind:       theirs.kind,
	}}
}

// try sends the command once.
func (c *Client) try(ctx context.Context, cmd Command, at *url.URL, body []byte) (page, error) {
	requestID := uuid.NewString()
	start := time.Now()
	limited, cancel := context.WithTimeoutCause(ctx, c.timeout, errNoAnswer)
	defer cancel()
	c.sent.count(cmd.Name)
	got, err := c.sender.send(limited, call{at, cmd.Name, cmd.header, body, requestID, cmd.objects()})
	c.logAnswer(ctx, cmd.Name, requestID, got, time.Since(start), err)
	if broken, ok := errors.AsType[*transportError](err); ok {
		switch {
		case ctx.Err() != nil:
			broken.err = ctx.Err()
		case limited.Err() != nil:
			// Not the caller's deadline: it must not match DeadlineExceeded.
			broken.err = errNoAnswer
		}
		return page{}, c.broken(cmd, requestID, broken)
	}
	if err != nil {
		return page{}, err
	}
	if hint, ok := budgetHint(got.header, time.Now()); ok {
		c.pacer.Hint(hint)
	}
	answered := decode(got)
	if e := errorOf(cmd, answered, requestID, time.Now()); e != nil {
		if cmd.unsure && e.Status == http.StatusNotFound {
			e.advice.Again = false
		}
		return page{}, e
	}
	p, err := answered.page(cmd.Effect)
	if err != nil {
		e := c.malformed(cmd, got.header.Get("Request-Id"), err)
		e.Status, e.ClientRequestID = got.status, requestID
		e.uncertain = cmd.Effect != Read
		e.advice.Again = cmd.Effect != Once
		return page{}, e
	}
	return p, nil
}

// broken is the error of a command without a whole answer.
func (c *Client) broken(cmd Command, requestID string, err *transportError) *Error {
	return &Error{
		Command:         cmd.Name,
		Target:          cmd.target(),
		ClientRequestID: requestID,
		Text:            err.Error(),
		kind:            ErrUnavailable,
		uncertain:       err.sent && cmd.Effect != Read,
		advice:          pace.Advice{Again: !errors.Is(err, errTooLarge) && (!err.sent || cmd.Effect != Once)},
		cause:           err.err,
	}
}

func (c *Client) malformed(cmd Command, requestID string, err error) *Error {
	return &Error{
		Command:   cmd.Name,
		Target:    cmd.target(),
		RequestID: requestID,
		Text:      err.Error(),
		kind:      ErrMalformed,
		cause:     err,
	}
}

func (c *Client) logAnswer(ctx context.Context, command, requestID string, a answer, took time.Duration, err error) {
	attrs := []slog.Attr{
		slog.String("command", command),
		slog.String("client_request_id", requestID),
		slog.Duration("took", took),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	} else {
		attrs = append(attrs,
			slog.Int("status", a.status),
			slog.String("request_id", a.header.Get("Request-Id")),
			slog.String("server", a.header.Get("X-Calculatedbetarget")),
			slog.String("backend_status", a.header.Get("X-Backendhttpstatus")))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "exchange command", attrs...)
}
