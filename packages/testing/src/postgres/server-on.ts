import { type PostgresServer, startPostgres } from '@obb/embedded-postgres'

/** A PostgreSQL of its own on a directory, which is kept: as `npm start` has one in OBB_HOME. */
export const serverOn = (directory: string, password: string): Promise<PostgresServer> =>
  startPostgres({ directory, password })
