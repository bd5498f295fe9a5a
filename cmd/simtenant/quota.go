package main

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// quota is the value of --creation-quota.
type quota struct {
	contacts int
	window   time.Duration // 0 is that of the simulated tenant
}

var errNoQuota = errors.New("it is neither a number such as 600 nor one within a time such as 600/1h")

// Set takes "600" or "600/1h".
func (q *quota) Set(text string) error {
	number, within, timed := strings.Cut(text, "/")
	contacts, err := strconv.Atoi(number)
	if err != nil || contacts < 0 {
		return errNoQuota
	}
	var window time.Duration
	if timed {
		if window, err = time.ParseDuration(within); err != nil || window <= 0 {
			return errNoQuota
		}
	}
	*q = quota{contacts: contacts, window: window}
	return nil
}

// String gives the quota as Set takes it.
func (q *quota) String() string {
	if q.window == 0 {
		return strconv.Itoa(q.contacts)
	}
	return strconv.Itoa(q.contacts) + "/" + q.window.String()
}

// Type is the word for the value in the help.
func (q *quota) Type() string { return "N|N/TIME" }
