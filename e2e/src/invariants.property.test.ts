import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ACCOUNTS, type Action, BUSY, FILES, OPERATOR_ACCOUNTS, WORKERS, World } from './interleaving.js'
import { ReferenceModel } from './reference-model.js'

/*
 * Random interleavings of everything that users, workers, operators and time do, against a real PostgreSQL. A
 * failure prints its seed and path, and the shortest interleaving that fails: FC_SEED=… FC_PATH=… repeats it.
 * RUNS: how many times as many as npm test makes, for nights.
 */
const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31)
const path = process.env['FC_PATH']
const times = Number(process.env['RUNS'] ?? 1)
const runs = (numRuns: number) => ({
  seed,
  numRuns: numRuns * times,
  endOnFailure: true,
  ...(path === undefined ? {} : { path }),
})

const account = fc.nat(ACCOUNTS - 1)
const file = fc.nat(FILES - 1)
const worker = fc.nat(WORKERS - 1)
const operator = fc.nat(OPERATOR_ACCOUNTS - 1)
const SECOND = 1_000

/** From a second to beyond every time limit: leases, pauses, the memory of a failure, files and links. */
const pass = fc
  .constantFrom(SECOND, 10 * SECOND, 16 * SECOND, 61 * SECOND, 700 * SECOND, 4_000 * SECOND)
  .map((ms): Action => ({ do: 'pass', ms }))

const weighted: [number, fc.Arbitrary<Action>][] = [
  [6, fc.record({ do: fc.constant('unrestrict' as const), account, file })],
  [2, fc.record({ do: fc.constant('cancel' as const), account, file })],
  [6, fc.record({ do: fc.constant('next' as const), worker })],
  [2, fc.record({ do: fc.constant('progress' as const), worker })],
  [4, fc.record({ do: fc.constant('finish' as const), worker, more: fc.constantFrom(0, 0, 30, -40) })],
  [2, fc.record({ do: fc.constant('fail' as const), worker })],
  [2, fc.record({ do: fc.constant('wait' as const), worker, ms: fc.constantFrom(0, 2_000, 30_000) })],
  [1, fc.record({ do: fc.constant('crash' as const), worker })],
  [2, fc.record({ do: fc.constant('lost' as const), file })],
  [1, fc.constant<Action>({ do: 'expire' })],
  [1, fc.constant<Action>({ do: 'evict' })],
  [1, fc.record({ do: fc.constantFrom('suspend' as const, 'resume' as const), account })],
  [1, fc.record({ do: fc.constant('grant' as const), account, bytes: fc.constantFrom(1, 100) })],
  [1, fc.record({ do: fc.constant('cool' as const), operator })],
]
const action = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })))

/** An action as a command: done in the world and in the model, and then everything is compared. */
class Command implements fc.AsyncCommand<ReferenceModel, World> {
  constructor(private readonly action: Action) {}

  check(): boolean {
    return true
  }

  async run(model: ReferenceModel, world: World): Promise<void> {
    const { seen, due } = await model.expect(this.action, world)
    expect({ action: this.action, seen }).toEqual({ action: this.action, seen: due })
    const [standing, broken] = await Promise.all([world.standing(), world.broken()])
    expect(broken).toEqual([])
    expect(standing).toEqual(model.standing())
  }

  toString(): string {
    return JSON.stringify(this.action)
  }
}

describe(`random interleavings (seed ${seed})`, () => {
  let world: World

  beforeAll(async () => {
    world = await World.open()
  })
  afterAll(() => world.close())

  it(
    'one after the other come out as the rules say, and break nothing',
    async () => {
      const commands = fc.commands(
        [
          fc
            .oneof({ weight: 33, arbitrary: action }, { weight: 5, arbitrary: pass })
            .map((each) => new Command(each)),
        ],
        {
          size: '+1',
          maxCommands: 30,
          ...(path === undefined ? {} : { replayPath: process.env['FC_REPLAY'] ?? '' }),
        },
      )
      await fc.assert(
        fc.asyncProperty(fc.boolean(), commands, async (busy, list) => {
          await world.reset()
          const model = new ReferenceModel(world.clock.now())
          for (const each of busy ? BUSY : []) await new Command(each).run(model, world)
          await fc.asyncModelRun(() => ({ model, real: world }), list)
        }),
        runs(50),
      )
    },
    300_000 * times,
  )

  it(
    'at once break nothing',
    async () => {
      const batch = fc.record({ actions: fc.array(action, { minLength: 5, maxLength: 10 }), then: pass })
      await fc.assert(
        fc.asyncProperty(
          fc.boolean(),
          fc.array(batch, { minLength: 1, maxLength: 5 }),
          async (busy, batches) => {
            await world.reset()
            for (const each of busy ? BUSY : []) await world.perform(each)
            for (const { actions, then } of batches) {
              await Promise.all(actions.map((each) => world.perform(each)))
              await world.repairQueue()
              expect(await world.broken()).toEqual([])
              await world.perform(then) // leases are told by the clock, so it stands while they are used
            }
          },
        ),
        runs(50),
      )
    },
    300_000 * times,
  )
})
