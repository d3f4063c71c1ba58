import type * as xfilesharing from '../xfilesharing/site.js'

/** A site of the XFileSharing script that is used with the operator's browser session: all in which it differs. */
export interface Site extends Pick<
  xfilesharing.Site,
  'id' | 'domains' | 'maxChunks' | 'maxDownloads' | 'checkBatchSize' | 'facts' | 'reviewed'
> {
  /** Base URL of the pages. */
  pages: string
  /** Base URL of the API, where there is one: an account that has a key for it as well is told exact sizes by it. */
  api?: string
}
