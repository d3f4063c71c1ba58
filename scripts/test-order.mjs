/* In which order Jest runs the files: those of the whole stack first, the smallest of them first. They are a line each
   that calls a suite and take longest; the quick unit specs fill what is left at the end on either worker. */
import Sequencer from '@jest/test-sequencer'

export default class TestOrder extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.endsWith('.test.ts') ? 0 : 1)
    const size = ({ path, context }) => context.hasteFS.getSize(path) ?? 0
    return [...tests].sort((a, b) => rank(a) - rank(b) || size(a) - size(b))
  }
}
