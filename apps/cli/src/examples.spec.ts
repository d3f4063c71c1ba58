import { describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import { Cli } from './cli.js'
import { addExamples, EXAMPLES } from './examples.js'
import { COMMANDS } from './main.js'
import { testIo } from './testing/test-io.js'

const GLOBAL = ['--json']

/** Whether it does something by itself, beside those below it. */
const acts = (command: Command): boolean =>
  Boolean((command as unknown as { _actionHandler: unknown })._actionHandler)

async function leaves(): Promise<Map<string, Command>> {
  const program = new Command('obb').exitOverride()
  const cli = new Cli(testIo('/'), () => ({}))
  for (const load of Object.values(COMMANDS)) (await load())(program, cli)
  addExamples(program)
  const found = new Map<string, Command>()
  const walk = (command: Command, path: string) => {
    if (command.commands.length === 0 || acts(command)) found.set(path, command)
    for (const below of command.commands) walk(below, `${path} ${below.name()}`.trim())
  }
  walk(program, '')
  return found
}

/** The words that `obb` is called with, as a shell parts them. */
function wordsOf(example: string): string[] {
  const call = /(?:^|[ (])obb (.*)/.exec(example)?.[1]?.replace(/( [|>] .*|\))$/, '') ?? ''
  return (call.match(/'[^']*'|[^ ]+/g) ?? []).map((word) => word.replaceAll("'", ''))
}

describe('the examples in the help', () => {
  it('are there for every command, and for no other', async () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...(await leaves()).keys()].sort())
  })

  it('are understood by the commands they show', async () => {
    for (const [path, examples] of Object.entries(EXAMPLES)) {
      for (const example of examples) {
        const command = (await leaves()).get(path) ?? new Command()
        const names = path.split(' ')
        const words = wordsOf(example)
        expect(words.slice(0, names.length)).toEqual(names)
        const { operands, unknown } = command
          .exitOverride()
          .parseOptions(words.slice(names.length).filter((word) => !GLOBAL.includes(word)))
        expect({ example, unknown }).toEqual({ example, unknown: [] })
        const { registeredArguments: known } = command
        const least = known.filter(({ required }) => required).length
        const most = known.some(({ variadic }) => variadic) ? Infinity : known.length
        expect(operands.length >= least && operands.length <= most).toBe(true)
        const missing = command.options.filter(({ mandatory }) => mandatory)
        for (const option of missing) expect(command.opts()).toHaveProperty(option.attributeName())
      }
    }
  })
})
