import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../../../', import.meta.url))

type Instruction = readonly [name: string, rest: string]

/** The instructions of a stage, or of the last one. */
function stage(name?: string): Instruction[] {
  const lines = readFileSync(join(repository, 'Dockerfile'), 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
    .map((line): Instruction => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
  const starts = lines.flatMap(([word], index) => (word === 'FROM' ? [index] : []))
  const start =
    name === undefined ? starts.at(-1) : starts.find((at) => lines[at]?.[1].endsWith(` AS ${name}`))
  if (start === undefined) throw new Error(`the Dockerfile has no stage ${name}`)
  return lines.slice(
    start + 1,
    starts.find((at) => at > start),
  )
}

/** imageEnvironment is what the last stage sets: ENV NAME=value … */
export const imageEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    stage()
      .filter(([word]) => word === 'ENV')
      .flatMap(([, rest]) => rest.split(' ').map((pair) => pair.split('=') as [string, string])),
  )

/**
 * Does in `directory` what the stages `packages` and `production` do in the image: the same COPY, the same RUN; what was
 * built lies in the repository already, and packages come from the store of this machine.
 */
export function buildImage(directory: string): void {
  const copies = [...stage('packages'), ...stage('production')].filter(([word]) => word === 'COPY')
  for (const [, rest] of copies) {
    const [target = '', ...sources] = rest.replace('--from=build ', '').split(' ').reverse()
    for (const source of sources.reverse()) {
      const name = source.replace(/^\/obb\//, '')
      const into = target.endsWith('/')
        ? join(directory, target, name.slice(name.lastIndexOf('/') + 1))
        : join(directory, target)
      mkdirSync(dirname(into), { recursive: true })
      const filter = (path: string) => !/\/node_modules(\/|$)/.test(path)
      cpSync(join(repository, name), into, { recursive: true, filter })
    }
  }
  const path = [join(repository, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(
    delimiter,
  )
  for (const [word, rest] of stage('production')) {
    if (word === 'RUN')
      execFileSync('sh', ['-c', rest], { cwd: directory, env: { ...process.env, CI: 'true', PATH: path } })
  }
}
