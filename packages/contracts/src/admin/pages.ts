import { z } from 'zod'

/** Rows of one page at most. */
export const MAX_PAGE = 1_000
/** Rows of a page without a limit. */
const DEFAULT_PAGE = 100

/** page is which part of a list a request wants. */
const page = {
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE).describe('Rows of the page'),
  after: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .describe('`next` of the page before; left out: from the beginning'),
}

export const pageQuerySchema = z.strictObject(page)
export type PageQuery = z.output<typeof pageQuerySchema>

/** pageQueryWith is the same of a list that is asked for by more than the page. */
export function pageQueryWith<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, ...page })
}

export const nextSchema = z.string().nullable().describe('`after` of the next page; null: this is the last')

/** pageSchema is a page of a list; a list that changes meanwhile shows every row that stays where it was. */
export function pageSchema<Row extends z.ZodType>(row: Row) {
  return z.object({ items: z.array(row).describe('Rows of the page'), next: nextSchema })
}

export interface PageView<Row> {
  items: Row[]
  next: string | null
}
