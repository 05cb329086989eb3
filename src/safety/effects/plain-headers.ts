/**
 * A pattern for the names of headers that identify the client or describe the request; any other
 * may change its meaning.
 */
export const PLAIN_HEADERS = String.raw`Accept(?:-\w+)?|Authorization|Cache-Control|Content-Type|Cookie|Host|If-\w[\w-]*|Origin|Pragma|PRIVATE-TOKEN|Range|Referer|User-Agent|X-(?:Api-Key|Auth-Token|Consul-Token|Forwarded-(?:For|Host|Proto)|Real-IP|Request-ID|Vault-Token)`;
