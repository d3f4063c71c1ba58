import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface ComposeService {
  image?: string
  command?: string[]
  environment?: Record<string, string>
  user?: string
  restart?: string
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  container_name?: string
  ports?: string[]
  volumes?: string[]
  networks?: string[]
  cap_drop?: string[]
  security_opt?: string[]
  read_only?: boolean
  tmpfs?: string[]
  mem_limit?: string
  logging?: { options?: Record<string, string> }
}

const root = new URL('../../../../', import.meta.url)

/** The services of compose files, a later one laid over those before it as Compose does for what we use of it. */
export function composeServices(files: readonly string[]): Record<string, ComposeService> {
  const services: Record<string, ComposeService> = {}
  for (const file of files) {
    const document = parse(readFileSync(new URL(file, root), 'utf8'), { merge: true }) as {
      services: Record<string, ComposeService>
    }
    for (const [name, service] of Object.entries(document.services)) {
      const under = services[name] ?? {}
      services[name] = {
        ...under,
        ...service,
        environment: { ...under.environment, ...service.environment },
        depends_on: { ...under.depends_on, ...service.depends_on },
      }
    }
  }
  return services
}

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as Compose fills them in. Throws for what is missing. */
export function fillIn(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind?: string, rest = '') => {
    const given = env[name]
    if (given !== undefined) return given
    if (kind === '?') throw new Error(`${name} ${rest}`)
    return rest
  })
}

/** The environment of a service with `.env` as given; what is empty is left out, as OBB reads it. */
export function settingsOf(
  files: readonly string[],
  name: string,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const { environment = {} } = composeServices(files)[name] ?? {}
  const filled = Object.entries(environment).map(([key, value]) => [key, fillIn(value, env)] as const)
  return Object.fromEntries(filled.filter(([, value]) => value !== ''))
}
