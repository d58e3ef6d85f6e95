{{- define "haldane.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "haldane.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "haldane.labels" -}}
{{ include "haldane.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "haldane.serviceAccount" -}}
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}{{ else if .Values.serviceAccount.create }}{{ include "haldane.name" . }}{{ else }}default{{ end }}
{{- end }}

{{- define "haldane.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "haldane.several" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}true{{ end }}
{{- end }}

{{- /* What would not start, or would lose its data, is not rendered. */}}
{{- define "haldane.check" -}}
{{- if and (eq .Values.store.type "sqlite") (include "haldane.several" .) }}
{{- fail "SQLite is for one replica: set store.type to postgres, or replicas to 1 and autoscaling.enabled to false" }}
{{- end }}
{{- if and (not .Values.auth.adminToken.secret.name) (not .Values.config.auth) }}
{{- fail "Haldane does not start without authentication: name a secret in auth.adminToken.secret, or set config.auth (mode: open lets everybody in)" }}
{{- end }}
{{- range $name := list "dataDir" "store" }}
{{- if hasKey $.Values.config $name }}
{{- fail (printf "config.%s is set by the chart: see store" $name) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "haldane.file" -}}
{{- printf "${file:/run/secrets/%s/%s}" .name .key }}
{{- end }}

{{- /* haldane.yml: what is in config, and what the chart decides. */}}
{{- define "haldane.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $server := merge (dict "host" "0.0.0.0" "port" 8090) ($config.server | default dict) }}
{{- $store := dict "type" "sqlite" }}
{{- if eq .Values.store.type "postgres" }}
{{- $store = dict "type" "postgres" "url" (include "haldane.file" .Values.store.postgres.secret) }}
{{- end }}
{{- if .Values.auth.adminToken.secret.name }}
{{- $_ := set $config "auth" (merge (dict "adminToken" (include "haldane.file" .Values.auth.adminToken.secret)) ($config.auth | default dict)) }}
{{- end }}
{{- toYaml (merge (dict "server" $server "store" $store "dataDir" "/data") $config) }}
{{- end }}

{{- /* Names of the secrets that are mounted, once each. */}}
{{- define "haldane.secrets" -}}
{{- $names := .Values.secrets }}
{{- if .Values.auth.adminToken.secret.name }}{{ $names = append $names .Values.auth.adminToken.secret.name }}{{ end }}
{{- if eq .Values.store.type "postgres" }}{{ $names = append $names .Values.store.postgres.secret.name }}{{ end }}
{{- toJson (dict "names" ($names | uniq | sortAlpha)) }}
{{- end }}

{{- define "haldane.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ if dig "server" "tls" false .config }}HTTPS{{ else }}HTTP{{ end }}
  # Always an allowed host, whatever server.allowedHosts lists.
  httpHeaders: [{ name: Host, value: localhost }]
{{- end }}
