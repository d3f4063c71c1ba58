import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { Module } from '@nestjs/common'

/** Token of the name by which this worker holds rows: another one for every start. */
export const WORKER_ID = Symbol('WorkerId')

@Module({
  providers: [
    {
      provide: WORKER_ID,
      useFactory: () => `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
    },
  ],
  exports: [WORKER_ID],
})
export class WorkerModule {}
