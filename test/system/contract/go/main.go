// Creates a config, starts a run, reads its verdict, with types from the contract: go run . <address>
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	"example.org/verdict/haldane"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func to[T any](value T) *T { return &value }

func latency() haldane.CanaryMetricConfig {
	var known haldane.KnownMetricQuery
	check(known.FromPrometheusQuery(haldane.PrometheusQuery{
		CustomInlineTemplate: to(`PromQL:avg(avg_over_time(request_latency_seconds{version="${scope}"}[1m]))`),
	}))
	var query haldane.CanaryMetricQuery
	check(query.FromKnownMetricQuery(known))
	var settings haldane.MetricSettings
	check(settings.FromHaldaneJudgeV10MetricSettings(haldane.HaldaneJudgeV10MetricSettings{
		Direction:  to(haldane.HaldaneJudgeV10MetricSettingsDirectionIncrease),
		Importance: to(haldane.HaldaneJudgeV10MetricSettingsImportanceCritical),
	}))
	return haldane.CanaryMetricConfig{
		Name:                   to("latency, mean"),
		Query:                  &query,
		Groups:                 to([]string{"latency"}),
		AnalysisConfigurations: &haldane.CanaryMetricConfig_AnalysisConfigurations{Canary: &settings},
		ScopeName:              to("default"),
	}
}

func scope(name string) *haldane.CanaryScope {
	var start, end haldane.OptionalInstant
	check(start.FromOptionalInstant0("2025-01-15T12:30:00Z"))
	check(end.FromOptionalInstant0("2025-01-15T14:30:00Z"))
	return &haldane.CanaryScope{Scope: to(name), Start: &start, End: &end, Step: to(float64(60))}
}

func double(value float64) *haldane.FiniteDouble {
	var number haldane.FiniteDouble
	check(number.FromFiniteDouble0(value))
	return &number
}

func main() {
	client := must(haldane.NewClientWithResponses(os.Args[1]))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()

	created := must(client.CreateCanaryConfigWithResponse(ctx, nil, haldane.CanaryConfig{
		Name:         to("from-go"),
		Applications: to([]string{"shop"}),
		Judge:        &haldane.CanaryJudgeConfig{Name: to("HaldaneJudge-v1.0")},
		Metrics:      to([]haldane.CanaryMetricConfig{latency()}),
	}))
	if created.JSON200 == nil {
		log.Fatalf("config: %s", created.Body)
	}
	started := must(client.StartCanaryWithResponse(ctx, created.JSON200.CanaryConfigId,
		&haldane.StartCanaryParams{Wait: to("60s")},
		haldane.CanaryExecutionRequest{
			Scopes:     to(map[string]haldane.CanaryScopePair{"default": {ControlScope: scope("baseline"), ExperimentScope: scope("canary")}}),
			Thresholds: &haldane.CanaryClassifierThresholdsConfig{Pass: double(95), Marginal: double(75)},
		}))
	if started.JSON200 == nil {
		log.Fatalf("start: %s", started.Body)
	}
	id := must(started.JSON200.AsCanaryExecutionResponse()).CanaryExecutionId
	read := must(client.GetCanaryExecutionWithResponse(ctx, id, nil))
	if read.JSON200 == nil || read.JSON200.Result == nil {
		log.Fatalf("run: %s", read.Body)
	}
	judged := read.JSON200.Result.JudgeResult
	missing := must(client.GetCanaryExecutionWithResponse(ctx, "nobody", nil))
	fmt.Println(string(must(json.Marshal(map[string]any{
		"verdict":   judged.Score.Classification,
		"score":     judged.Score.Score,
		"metric":    judged.Results[0].Classification,
		"status":    missing.JSON404.Status,
		"errorCode": missing.JSON404.ErrorCode,
	}))))
}
