/** The part of OpenAPI that tells what a call is asked with. */
export interface ApiDocument {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  operationId: string
  summary?: string
  parameters?: readonly Parameter[]
  requestBody?: { content: Readonly<Record<string, { example?: unknown }>> }
  responses?: Readonly<Record<string, { content?: Readonly<Record<string, unknown>> }>>
}

export interface Parameter {
  in: string
  name: string
  required?: boolean
  description?: string
}

export interface DocumentedCall {
  id: string
  /** In capitals. */
  method: string
  /** With `{name}` where a parameter stands. */
  path: string
  summary: string
  parameters: readonly Parameter[]
  /** JSON that the documentation shows as an example; undefined where the call takes no body. */
  example: string | undefined
}

const JSON_TYPE = 'application/json'
/** A stream that does not end by itself. */
const STREAM_TYPE = 'text/event-stream'

/** documentedCalls are those that a form can ask: with JSON or without a body, and with one answer. */
export function documentedCalls({ paths }: ApiDocument): DocumentedCall[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => isAsked(operation))
      .map(([method, { operationId: id, summary = '', parameters = [], requestBody }]) => ({
        ...{ id, method: method.toUpperCase(), path, summary },
        parameters: parameters.filter(({ in: place }) => place === 'path' || place === 'query'),
        example: requestBody && JSON.stringify(requestBody.content[JSON_TYPE]?.example ?? {}, null, 2),
      })),
  )
}

function isAsked({ requestBody, responses = {} }: Operation): boolean {
  if (requestBody && !(JSON_TYPE in requestBody.content)) return false
  return Object.values(responses).every(({ content = {} }) => !(STREAM_TYPE in content))
}

export interface PreparedRequest {
  method: string
  /** Path and query. */
  url: string
  /** JSON. */
  body: string | undefined
}

/** prepareRequest puts values into a call; empty ones are left out. A SyntaxError is a body that is no JSON. */
export function prepareRequest(
  { method, path, parameters, example }: DocumentedCall,
  values: Readonly<Record<string, string>>,
  body: string,
): PreparedRequest {
  const given = parameters
    .map((one) => [one, values[one.name] ?? ''] as const)
    .filter(([, value]) => value !== '')
  const filled = given
    .filter(([one]) => one.in === 'path')
    .reduce((url, [{ name }, value]) => url.replace(`{${name}}`, () => encodeURIComponent(value)), path)
  const query = new URLSearchParams(
    given.filter(([one]) => one.in === 'query').map(([{ name }, value]): [string, string] => [name, value]),
  ).toString()
  return {
    method,
    url: query === '' ? filled : `${filled}?${query}`,
    body: example === undefined ? undefined : JSON.stringify(JSON.parse(body)),
  }
}

/** curlCommand is the same for a terminal, where the key is in `OBB_KEY`. */
export function curlCommand(server: string, { method, url, body }: PreparedRequest): string {
  const request = method === 'GET' ? '' : `-X ${method} `
  const json = body === undefined ? '' : ` \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(body)}`
  return `curl -sS ${request}${quoted(server + url)} \\\n  -H "Authorization: Bearer $OBB_KEY"${json}`
}

/** quoted is one word of a shell, whatever is in it. */
const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`
