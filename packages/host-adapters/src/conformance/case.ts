import { it } from '@jest/globals'

type Case = (name: string, test: () => unknown, timeout?: number) => void

/** A case like any other, unless the platform lacks what it is about: then it is skipped, and its name says why. */
export function caseUnless(lacks: false | string | undefined): Case {
  if (!lacks) return (name, test, timeout) => it(name, async () => void (await test()), timeout)
  return (name, test, timeout) =>
    it.skip(`${name} (skipped: ${lacks})`, async () => void (await test()), timeout)
}
