import { Injectable } from '@nestjs/common'
import { Documents } from '@obb/core/documents'
import { Fetches, waitingWalk } from '@obb/core/fetches'
import { Folders } from '@obb/core/folders'
import { HostHistory } from '@obb/core/health'
import { Levels } from '@obb/core/levels'
import { Links, expiredWalk } from '@obb/core/links'
import { AccountTrials } from '@obb/core/pool'
import { StoreSweeps } from '@obb/core/store-state'
import { HostUsage, KeyUsage } from '@obb/core/traffic'
import { OrphanedUploads } from './orphaned-uploads.js'
import { Queues } from './queues.js'
import { Retention } from './retention.js'
import type { SweepStep } from './sweep-step.js'

/** Links, and waiting files, that are looked at in one go. */
const LINKS = 500
const FILES = 500
/** Hours and days of use that are forgotten in one go: those of a minute are fewer, however many use it. */
const USAGE = 10_000
/** Rows of how hosts did that are forgotten in one go. */
const OUTCOMES = 1_000

/** Expiry ends what has had its time, and forgets what has had it for long; what is kept by the hour is written. */
@Injectable()
export class Expiry {
  /** In order; each may fail by itself. */
  readonly steps: readonly SweepStep[]

  private readonly expired = expiredWalk()
  private readonly waiting = waitingWalk()

  constructor(
    links: Links,
    fetches: Fetches,
    trials: AccountTrials,
    retention: Retention,
    folders: Folders,
    documents: Documents,
    usage: HostUsage,
    keyUsage: KeyUsage,
    history: HostHistory,
    levels: Levels,
    sweeps: StoreSweeps,
    uploads: OrphanedUploads,
    queues: Queues,
  ) {
    this.steps = [
      ['expired links', () => goOn(this.expired, links.expire(LINKS, this.expired))],
      ['links of removed users', () => fetches.endRemoved()],
      ['account trials', () => trials.forgetOld()],
      ['unwanted files', () => goOn(this.waiting, fetches.abandonUnwanted(FILES, this.waiting))],
      ['queue repair', () => queues.repair()],
      ['unused files', () => retention.forgetFiles()],
      ['unasked files', () => retention.forgetUnasked()],
      ['links and traffic of long ago', () => retention.sumUpHistory()],
      ['total of stored bytes', () => retention.verifyBytes()],
      ['folders', () => folders.forgetOld()],
      ['documents', () => documents.forgetOld()],
      ['use of hosts', async () => (await usage.forgetPast(USAGE)) === USAGE],
      ['key usage', async () => (await keyUsage.forgetPast(USAGE)) === USAGE],
      ['history of hosts', async () => (await history.forgetOld(OUTCOMES)) === OUTCOMES],
      ['levels', () => levels.record().then(() => false)],
      ['sweeps of the store', () => sweeps.begin()],
      ['orphaned uploads', () => uploads.remove()],
    ]
  }
}

/** A page of a walk; true: others follow. */
async function goOn(walk: { isUnderWay: boolean }, page: Promise<unknown>): Promise<boolean> {
  await page
  return walk.isUnderWay
}
