/** What Caddy needs for one name with TLS: docs/reverse-proxy/Caddyfile-one-name, which a spec holds against this. */
export const reverseProxyFile = (name: string) => `${name} {
	handle /download/* {
		reverse_proxy 127.0.0.1:8081 {
			flush_interval -1
			header_up -Forwarded
			header_up -X-Forwarded-Port
			header_up -X-OBB-Accel
		}
	}
	handle {
		reverse_proxy 127.0.0.1:8080 {
			header_up -Forwarded
			header_up -X-Forwarded-Port
			header_up X-Request-Id {http.request.uuid}
			header_up -Traceparent
		}
	}
}
`
