/*
 * What documents for people may look like, and whether what they say of the code is still there. Each rule is a function
 * from a text to the faults in it.
 */

/** Columns of a line of prose. */
export const MAX_COLUMNS = 120
/** Characters of a cell: a figure or a few words, no sentence. */
export const MAX_CELL = 48

/** The lines of a Markdown text outside fenced code, with their numbers. */
function prose(text) {
  let fenced = false
  return text
    .split('\n')
    .map((line, at) => ({ line, number: at + 1 }))
    .filter(({ line }) => {
      const isFence = /^\s*(```|~~~)/.test(line)
      if (isFence) fenced = !fenced
      return !isFence && !fenced
    })
}

/** Lines that are too long; a URL cannot be broken. */
export function longLines(text) {
  return prose(text)
    .filter(({ line }) => line.length > MAX_COLUMNS && !/^\s*(- )?\S+$/.test(line))
    .map(({ line, number }) => `line ${number} has ${line.length} columns`)
}

/** Cells of tables that hold sentences: they are lists. */
export function wordyCells(text) {
  return prose(text)
    .filter(({ line }) => /^\s*\|/.test(line))
    .flatMap(({ line, number }) =>
      line
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim())
        .filter((cell) => !/^:?-+:?$/.test(cell) && (cell.length > MAX_CELL || /[.;] |\.$/.test(cell)))
        .map((cell) => `line ${number}: a cell holds a sentence: ${cell}`),
    )
}

const FILE = /^(apps|packages|e2e|scripts|bench|docs)\/[\w./-]+\.(ts|mjs|md|json|yml)$/

/** Files that a text names in code spans, each with the names that follow it on its line. */
export function namedFiles(text) {
  return prose(text).flatMap(({ line, number }) => {
    const spans = [...line.matchAll(/`([^`]+)`/g)].map(([, span]) => span)
    const named = []
    for (const span of spans) {
      if (FILE.test(span)) named.push({ path: span, names: [], number })
      else named.at(-1)?.names.push(span)
    }
    return named
  })
}

/** Whether it is more than a word there: a class, a constant, a method, a function. */
function declares(source, name) {
  return new RegExp(`(?<![\\w$.'])${name}\\s*(?=[(<:={]|(implements|extends)\\b)`).test(source)
}

/**
 * Files that a text names and that are not there, and names of nothing in the file they are said to be in.
 * `read`: the text of a file, undefined where there is none.
 */
export function lostReferences(text, read) {
  return namedFiles(text).flatMap(({ path, names, number }) => {
    const source = read(path)
    if (source === undefined) return [`line ${number}: there is no ${path}`]
    return names
      .flatMap((name) => name.split('.'))
      .filter((name) => !declares(source, name))
      .map((name) => `line ${number}: there is no ${name} in ${path}`)
  })
}

/**
 * The rules of ARCHITECTURE.md: list items in bold, with a line for each home and each test below them. Faults are
 * rules that name no home, or no test that holds them.
 */
export function rulesWithoutProof(text) {
  const section = /^## Where each rule lives[^]*?(?=^## )/m.exec(text)?.[0] ?? ''
  const rules = section.split(/^- (?=\*\*)/m).slice(1)
  if (rules.length === 0) return ['there is no list of rules']
  return rules.flatMap((rule) => {
    const [, title = rule.slice(0, 40)] = /^\*\*([^*]+)\*\*/.exec(rule) ?? []
    const paths = namedFiles(rule).map(({ path }) => path)
    const isTest = (path) => /\.(spec|test|nightly|linear)\.ts$/.test(path)
    return [
      ...(paths.some((path) => !isTest(path)) ? [] : [`"${title}" names no home`]),
      ...(paths.some(isTest) ? [] : [`"${title}" names no test`]),
    ]
  })
}
