{{- define "tinct.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}
{{- end }}

{{- define "tinct.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tinct.labels" -}}
{{ include "tinct.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: {{ .Values.mode }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "tinct.account" -}}
{{ .Values.serviceAccount.name | default (include "tinct.name" .) }}
{{- end }}

{{- define "tinct.planNamespace" -}}
{{ .Values.plan.configMap.namespace | default .Release.Namespace }}
{{- end }}

{{- define "tinct.port" -}}
{{ if eq .Values.mode "proxy" }}8080{{ else }}9191{{ end }}
{{- end }}

{{- define "tinct.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- /* The configuration file; what stands under `config` beats what the chart says. */}}
{{- define "tinct.config" -}}
{{- $plan := dict }}
{{- if .Values.plan.url }}
{{- $_ := set $plan "url" .Values.plan.url }}
{{- else }}
{{- $name := required "plan.configMap.name or plan.url is needed" .Values.plan.configMap.name }}
{{- $_ := set $plan "configMap" (printf "%s/%s" (include "tinct.planNamespace" .) $name) }}
{{- $_ := set $plan "key" .Values.plan.configMap.key }}
{{- end }}
{{- $admin := dict "host" "0.0.0.0" "port" 9900 }}
{{- if .Values.secrets.adminToken }}
{{- $_ := set $admin "tokenFile" "/etc/tinct/admin/token" }}
{{- end }}
{{- $config := dict "listen" (dict "host" "0.0.0.0" "port" (int (include "tinct.port" .))) "plan" $plan "admin" $admin "state" "/var/lib/tinct" "shutdown" .Values.shutdown }}
{{- if .Values.secrets.keys }}
{{- $_ := set $config "keys" "/etc/tinct/keys/keys.json" }}
{{- end }}
{{- if eq .Values.mode "proxy" }}
{{- $_ := set $config "upstream" (required "upstream is needed: where the edge sends requests" .Values.upstream) }}
{{- else if .Values.secrets.gateway }}
{{- $_ := set $config "gateway" (dict "secretFile" "/etc/tinct/gateway/secret") }}
{{- else if not (dig "tls" "clientAuthority" "" .Values.config) }}
{{- fail "secrets.gateway is needed: who asks must be known" }}
{{- end }}
{{- toYaml (mergeOverwrite $config (deepCopy .Values.config)) }}
{{- end }}
