package main

import (
	"bufio"
	"os"
	"strings"

	flaggerv1 "github.com/fluxcd/flagger/pkg/apis/flagger/v1beta1"
	"github.com/fluxcd/flagger/pkg/controller"
)

type called struct {
	Hook string `json:"hook"`
	// empty: Flagger takes the call for a success
	Error string `json:"error"`
}

// flagger calls the hooks that the lines of its input name, as "rollout Progressing spec-1": the type of the webhooks, the
// phase, and the spec that is rolled out. Metadata that is given replaces what the file says.
func flagger(file, address string, metadata []string) {
	var canary flaggerv1.Canary
	read(file, "Canary", address, &canary)
	for _, webhook := range canary.GetAnalysis().Webhooks {
		for _, entry := range metadata {
			if name, value, _ := strings.Cut(entry, "="); webhook.Metadata != nil {
				(*webhook.Metadata)[name] = value
			}
		}
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		hook, phase := flaggerv1.HookType(words[0]), flaggerv1.CanaryPhase(words[1])
		canary.Status.Phase, canary.Status.LastAppliedSpec = phase, words[2]
		for _, webhook := range canary.GetAnalysis().Webhooks {
			if webhook.Type != hook {
				continue
			}
			print(called{Hook: webhook.Name, Error: message(call(canary, phase, webhook))})
		}
	}
	fail(lines.Err())
}

func call(canary flaggerv1.Canary, phase flaggerv1.CanaryPhase, webhook flaggerv1.CanaryWebhook) error {
	if webhook.Type == flaggerv1.EventHook {
		return controller.CallEventWebhook(&canary, webhook, "Advance podinfo.test canary weight 10", "Normal")
	}
	return controller.CallWebhook(canary, phase, webhook)
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
