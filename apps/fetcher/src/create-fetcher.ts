import 'reflect-metadata'
import type { INestApplicationContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { AppModule, type FetcherOptions } from './app.module.js'
import { HealthServer } from './housekeeping/health.js'

/** A fetch worker that works. `close()` hands over what is running and ends within seconds. */
export async function createFetcher(options: FetcherOptions): Promise<INestApplicationContext> {
  const app = await NestFactory.createApplicationContext(AppModule.register(options), {
    logger: false,
    abortOnError: false,
  })
  await app.init()
  await app.get(HealthServer).listen()
  return app
}
