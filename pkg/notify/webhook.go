package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// call sends the news to the webhook.
func (n *Notifier) call(ctx context.Context, news News) error {
	body, err := json.Marshal(bodyOf(n.options.Form, news))
	if err != nil {
		return err
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if n.options.Secret != "" {
		mac := hmac.New(sha256.New, []byte(n.options.Secret))
		mac.Write(body)
		header.Set("Enlist-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	return n.post(ctx, n.webhook, body, header)
}

// object is a JSON object.
type object map[string]any

func bodyOf(form string, news News) any {
	switch form {
	case FormTeams:
		return teamsCard(news)
	case FormSlack:
		return slackMessage(news)
	}
	return struct {
		Title string `json:"title"`
		OK    bool   `json:"ok"`
		News
	}{news.Title(), news.Good(), news}
}

// teamsCard is a message as the Workflows app takes it (learn.microsoft.com/
// microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
func teamsCard(news News) object {
	color := "Attention"
	if news.Good() {
		color = "Good"
	}
	var facts []object
	for _, f := range news.facts() {
		facts = append(facts, object{"title": f.name, "value": f.value})
	}
	return object{
		"type": "message",
		"attachments": []object{{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"content": object{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
				"type":    "AdaptiveCard",
				"version": "1.4",
				"body": []object{
					{"type": "TextBlock", "text": news.Title(), "size": "Medium", "weight": "Bolder", "color": color, "wrap": true},
					{"type": "FactSet", "facts": facts},
				},
			},
		}},
	}
}

// slackMessage is a message of blocks (docs.slack.dev/reference/block-kit). A
// section has ten fields at most.
func slackMessage(news News) object {
	var fields []object
	for _, f := range news.facts() {
		fields = append(fields, object{"type": "mrkdwn", "text": "*" + slackEscape(f.name) + "*\n" + slackEscape(f.value)})
	}
	blocks := []object{{"type": "header", "text": object{"type": "plain_text", "text": news.Title()}}}
	for some := range slices.Chunk(fields, 10) {
		blocks = append(blocks, object{"type": "section", "fields": some})
	}
	return object{"text": slackEscape(news.Title()), "blocks": blocks}
}

// slackEscape covers the three characters that Slack gives a meaning to.
func slackEscape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
