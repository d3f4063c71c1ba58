/*
 * Preloaded into a process of a test (`node --import`): kills it with SIGKILL before or after a step of the journey,
 * named by KILL_AT, such as `after Fetches.claim`. It wraps the built classes from outside, so what is built holds no
 * trace of it.
 */
import { Admission } from '@obb/core/admission'
import { Fetches } from '@obb/core/fetches'
import { Files } from '@obb/core/files'
import { AccountPool } from '@obb/core/pool'
import { FetchQueue } from '@obb/core/queue'
import { FetchSchedule } from '@obb/core/scheduling'
import { LocalStore } from '@obb/core/storage'
import { TrafficLedger } from '@obb/core/traffic'

const classes = [AccountPool, Admission, FetchQueue, FetchSchedule, Fetches, Files, LocalStore]
const places = {
  ...Object.fromEntries(classes.map((each) => [each.name, each.prototype])),
  TrafficLedger,
}

const [when, step] = (process.env.KILL_AT ?? '').split(' ')
const [place, method] = (step ?? '').split('.')
const work = places[place]?.[method]
if (typeof work !== 'function' || !['before', 'after'].includes(when)) {
  throw new Error(`KILL_AT names no step: ${process.env.KILL_AT}`)
}
const die = () => process.kill(process.pid, 'SIGKILL')

places[place][method] = async function (...args) {
  if (when === 'before') die()
  const result = await work.apply(this, args)
  if (when === 'after') die()
  return result
}
