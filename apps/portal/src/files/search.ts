import { type DownloadsSearch, downloadsSearch } from '../downloads/search.js'

/** As for downloads, of which files are those that are done. */
export type FilesSearch = Omit<DownloadsSearch, 'state'>

export function filesSearch(search: Record<string, unknown>): FilesSearch {
  return downloadsSearch({ ...search, state: undefined })
}
