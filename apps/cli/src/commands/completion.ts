import { Argument, type Command } from 'commander'
import type { Cli } from '../cli.js'

/** Words are what may follow a command: commands below it and options, each with what it is for. */
interface Words {
  /** As it is typed, such as `user add`; empty for `obb` itself. */
  path: string
  words: (readonly [word: string, description: string])[]
}

const SHELLS = { bash, zsh, fish }
type Shell = keyof typeof SHELLS

export function registerCompletion(program: Command, cli: Cli): void {
  program
    .command('completion')
    .description('what makes a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SHELLS)))
    .action((shell: Shell) => {
      cli.io.stdout.write(`${SHELLS[shell](wordsOf(program, ''))}\n`)
    })
}

/** `shared`: options that hold wherever they stand. */
function wordsOf(command: Command, path: string, shared: Words['words'] = []): Words[] {
  const commands = command.commands.map((each) => [each.name(), each.description()] as const)
  const choices = command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((choice) => [choice, description] as const),
  )
  const options = command.options.map((each) => [each.long ?? each.short ?? '', each.description] as const)
  const global = path === '' ? options.filter(([word]) => word !== '--version') : shared
  const below = command.commands.flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim(), global))
  const own = [...commands, ...choices, ...options, ...shared]
  return [{ path, words: [...own, ['--help', 'all about it']] }, ...below]
}

/** A word of a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Bash and zsh alike: which of the paths has been typed, options left out. Zsh has its PATH in `path`. */
const TYPED = `  local chosen='' word
  for word in $typed; do
    case "$word" in -*) ;; *) case "$paths" in *"|$chosen\${chosen:+ }$word|"*) chosen="$chosen\${chosen:+ }$word" ;; esac ;; esac
  done`

function pathsOf(all: readonly Words[]): string {
  return quoted(
    `|${all
      .map(({ path }) => path)
      .filter((path) => path !== '')
      .join('|')}|`,
  )
}

function bash(all: readonly Words[]): string {
  const cases = all.map(
    ({ path, words }) => `    ${quoted(path)}) words=${quoted(words.map(([w]) => w).join(' '))} ;;`,
  )
  return `_obb() {
  local paths=${pathsOf(all)} words='' typed="\${COMP_WORDS[*]:1:COMP_CWORD-1}"
${TYPED}
  case "$chosen" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _obb obb ./obb`
}

function zsh(all: readonly Words[]): string {
  const escaped = ([word, description]: readonly [string, string]) =>
    quoted(`${word.replaceAll(':', '\\:')}:${description}`)
  const cases = all.map(
    ({ path, words }) => `    ${quoted(path)}) found=(${words.map(escaped).join(' ')}) ;;`,
  )
  return `#compdef obb
_obb() {
  setopt local_options sh_word_split
  local paths=${pathsOf(all)} typed="\${words[2,CURRENT-1]}"
  local -a found
${TYPED}
  case "$chosen" in
${cases.join('\n')}
  esac
  _describe 'obb' found || _files
}
compdef _obb obb`
}

function fish(all: readonly Words[]): string {
  // Options of `obb` itself stand once, and hold everywhere.
  const global = new Set(all.flatMap(({ path, words }) => (path === '' ? words : [])).map(([word]) => word))
  const told = all.flatMap(({ path, words }) => {
    const names = path.split(' ').filter((name) => name !== '')
    const below = words.filter(([word]) => !word.startsWith('-')).map(([word]) => word)
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`)
    const notBelow = below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`]
    const when = [...seen, ...notBelow].join('; and ')
    const condition = when === '' ? '' : ` -n ${quoted(when)}`
    return words
      .filter(([word]) => path === '' || !word.startsWith('--') || !global.has(word))
      .map(([word, description]) =>
        word.startsWith('--')
          ? `complete -c obb${path === '' ? '' : condition} -l ${word.slice(2)} -d ${quoted(description)}`
          : `complete -c obb${condition} -a ${word} -d ${quoted(description)}`,
      )
  })
  return told.join('\n')
}
