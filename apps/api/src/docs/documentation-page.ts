import type { OpenAPIObject } from '@nestjs/swagger'
import { EXTERNAL_API, REFUSALS } from '@obb/contracts'
import { page } from './page.js'

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

interface Schema {
  type?: string
  description?: string
  nullable?: boolean
  enum?: readonly unknown[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
}

/** A page for people, made of the document; it needs nothing from elsewhere and runs no script. */
export function documentationPage(document: OpenAPIObject): string {
  const { title, description = '' } = document.info
  return page(
    escape(title),
    `<h1>${escape(title)}</h1><p>${prose(description)}</p>
<p>The same for programs: <a href="openapi.json">openapi.json</a>.</p>
<pre><code>curl -H 'Authorization: Bearer obb_…' ${EXTERNAL_API}/account
curl -H 'X-Api-Key: obb_…' -H 'Content-Type: application/json' \\
     -d '{"url": "https://rapidgator.net/file/…"}' ${EXTERNAL_API}/unrestrict</code></pre>
${sections(document)}
<h2>Errors</h2>${errorTable()}`,
  )
}

function sections(document: OpenAPIObject): string {
  const byTag = new Map<string, string[]>()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method]
      if (!operation) continue
      const tag = operation.tags?.[0] ?? 'Other'
      const { 200: answer } = operation.responses as Record<string, { content?: unknown } | undefined>
      const parts = [
        `<h3><code>${method.toUpperCase()} ${escape(path)}</code></h3>`,
        `<p>${prose(operation.summary ?? '')}</p>`,
        table('Request', schemaOf(operation.requestBody)),
        table('Answer: data', schemaOf(answer)?.properties?.['data']),
      ]
      byTag.set(tag, [...(byTag.get(tag) ?? []), parts.join('\n')])
    }
  }
  return [...byTag].map(([tag, parts]) => `<h2>${escape(tag)}</h2>\n${parts.join('\n')}`).join('\n')
}

function schemaOf(holder: unknown): Schema | undefined {
  const { content } = (holder ?? {}) as { content?: Record<string, { schema?: Schema }> }
  return content?.['application/json']?.schema
}

function table(caption: string, schema: Schema | undefined): string {
  const rows = schema === undefined ? [] : fields(schema, '')
  if (rows.length === 0) return ''
  return `<table><thead><tr><th>${caption}</th><th>type</th><th>meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** One row per field; those of nested objects and lists under their path. */
function fields(schema: Schema, prefix: string): string[] {
  if (schema.items) return fields(schema.items, `${prefix}[].`)
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = schema.required?.includes(name) ? '' : ', optional'
    const type = `${field.enum ? field.enum.map(String).join(' | ') : (field.type ?? 'any')}${field.nullable ? ' or null' : ''}${optional}`
    const row = `<tr><td><code>${escape(prefix + name)}</code></td><td>${escape(type)}</td><td>${prose(field.description ?? '')}</td></tr>`
    return [row, ...fields(field, field.items ? `${prefix}${name}` : `${prefix}${name}.`)]
  })
}

function errorTable(): string {
  const rows = Object.values(REFUSALS)
    .map(({ status, http, msg }) => ({ status, http, msg }))
    .sort((a, b) => a.status - b.status)
    .map(({ status, http, msg }) => `<tr><td>${status}</td><td>${http}</td><td>${escape(msg)}</td></tr>`)
  return `<table><thead><tr><th>status</th><th>HTTP</th><th>msg</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** Text with `code` marked. */
function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
