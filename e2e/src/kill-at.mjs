/*
 * Preloaded into a process of a test (`node --import`): kills it with SIGKILL before or after a step of the journey,
 * named by KILL_AT, such as `after Fetches.claim`, or `after LocalStore.openPart.finish` for a method of what a step
 * returns. It wraps the built classes from outside, so what is built holds no
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
const [place, method, inner] = (step ?? '').split('.')
if (typeof places[place]?.[method] !== 'function' || !['before', 'after'].includes(when)) {
  throw new Error(`KILL_AT names no step: ${process.env.KILL_AT}`)
}
/** A worker takes the process that holds the port along, so that nobody starts it again. */
const die = () => {
  if (process.argv[2] === 'worker') process.kill(process.ppid, 'SIGKILL')
  process.kill(process.pid, 'SIGKILL')
}

/** `object` kills the process around its method `name`. */
function deadly(object, name) {
  const work = object[name]
  object[name] = async function (...args) {
    if (when === 'before') die()
    const result = await work.apply(this, args)
    if (when === 'after') die()
    return result
  }
}

if (inner === undefined) deadly(places[place], method)
else {
  const work = places[place][method]
  places[place][method] = async function (...args) {
    const result = await work.apply(this, args)
    deadly(result, inner)
    return result
  }
}
