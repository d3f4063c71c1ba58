/** What stands in the box and was not asked for yet: it outlives a look at another page, and a reload. */
const KEY = 'obb-draft'

export const readDraft = (): string => sessionStorage.getItem(KEY) ?? ''
export const writeDraft = (text: string): void => sessionStorage.setItem(KEY, text)
