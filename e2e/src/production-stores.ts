import { type TestRedis, startRedis } from '@obb/testing/redis'
import { type S3Server, startS3 } from '@obb/testing/s3'

/** The queue and the store of production, and the settings by which OBB finds them; PostgreSQL is each test's own. */
export class ProductionStores {
  private constructor(
    readonly redis: TestRedis,
    /** Undefined where the test brings another one. */
    readonly s3: S3Server | undefined,
  ) {}

  static async start(hasS3 = false): Promise<ProductionStores> {
    const redis = await startRedis()
    return new ProductionStores(redis, hasS3 ? undefined : await startS3())
  }

  get env(): Record<string, string> {
    const { redis, s3 } = this
    return {
      REDIS_URL: redis.url,
      ...(s3 && {
        ...{ S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-files' },
        ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
      }),
    }
  }

  async close(): Promise<void> {
    await this.s3?.close()
    await this.redis.stop()
  }
}
