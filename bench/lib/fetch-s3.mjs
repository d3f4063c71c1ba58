/* The S3 of bench:fetch where no better one is installed: that of the tests, in a process of its own. */
import process from 'node:process'
import { startS3 } from '@obb/testing/s3'

const { endpoint, region, accessKeyId, secretAccessKey } = await startS3({ directory: process.argv[2] })
process.send({ endpoint, region, accessKeyId, secretAccessKey })
