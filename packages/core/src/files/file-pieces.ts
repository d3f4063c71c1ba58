import type { EntityManager } from 'typeorm'

type Runner = Pick<EntityManager, 'query'>

/** `digests`: see FilePieces. Keeps nothing where the file has other bytes by now. */
export async function keepPieces(
  runner: Runner,
  { fileId, sha256 }: { fileId: string; sha256: string | null },
  digests: Buffer,
): Promise<void> {
  await runner.query(
    `INSERT INTO file_pieces (file_id, generation, digests)
     SELECT id, generation, $3 FROM source_file WHERE id = $1 AND sha256 = $2
     ON CONFLICT (file_id) DO UPDATE SET generation = excluded.generation, digests = excluded.digests`,
    [fileId, sha256, digests],
  )
}

/** undefined where those of this generation are not known. */
export async function piecesOf(
  runner: Runner,
  { fileId, generation }: { fileId: string; generation: number },
): Promise<Buffer | undefined> {
  const [row] = await runner.query<{ digests: Buffer }[]>(
    'SELECT digests FROM file_pieces WHERE file_id = $1 AND generation = $2',
    [fileId, generation],
  )
  return row?.digests
}

export async function forgetPieces(runner: Runner, fileIds: readonly string[]): Promise<void> {
  await runner.query('DELETE FROM file_pieces WHERE file_id = ANY($1)', [fileIds])
}
