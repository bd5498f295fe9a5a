package main

import (
	"enlist/pkg/m365/cloud"
	"enlist/pkg/notify"
	"enlist/pkg/onboard"
	"enlist/pkg/simtenant"
)

// flagChoices are the flags that take one of a few words, with the words.
func flagChoices() map[string][]string {
	return map[string][]string{
		"cloud":               {cloud.Global, cloud.USGov, cloud.USGovDoD, cloud.China, cloud.Custom},
		"senders":             {string(onboard.SendersAnyone), string(onboard.SendersFromList), string(onboard.SendersReport), string(onboard.SendersOff)},
		"delivery-reports":    {string(onboard.ReportsReport), string(onboard.ReportsFix)},
		"m365-groups":         {string(onboard.GuestsReport), string(onboard.GuestsInvite)},
		"empty":               {emptyLeaves, emptyClears},
		"report-format":       reportFormats(),
		"notify-on":           {notifyOnFailure, notifyAlways},
		"notify-webhook-form": notify.Forms(),
		"log-format":          {"text", "json"},
		"progress":            {"auto", "plain", "none"},
		"sim-profile":         simtenant.Profiles(),
	}
}
