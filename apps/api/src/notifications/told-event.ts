import {
  type Finding,
  type Language,
  type NotificationEvent,
  REFUSALS,
  type RefusalCause,
  findingUrl,
  refusalTexts,
} from '@obb/contracts'
import { findingText } from './finding-text.js'

/** A finding as operators are told of it. */
export interface ToldFinding {
  /** The same as long as it is the same. */
  finding: string
  status: Finding['status']
  title: string
  /** As a host or the server put it, in English. */
  detail: string | null
  action: string
  /** Of the page of the portal; null where nobody has told where that is. */
  url: string | null
}

/** What of an event is told, in the words of a language. */
export interface ToldEvent {
  event: NotificationEvent
  /** As it stands in a webhook. */
  data: Record<string, unknown>
  /** Name of the file, or the platform, or what is found. */
  name: string
  /** Why a link failed. */
  reason: string | undefined
  finding?: ToldFinding
}

interface HappenedEvent {
  event: NotificationEvent
  data: Record<string, unknown>
}

/**
 * What an event is told as. A cause is named by its number and text, as in the external API. `portal`: where that is,
 * where the settings tell.
 */
export function toldEvent({ event, data }: HappenedEvent, language: Language, portal?: string): ToldEvent {
  if (event === 'attention_needed') {
    const finding = toldFinding(data as unknown as Finding, language, portal)
    return { event, data: { ...finding }, name: finding.title, reason: undefined, finding }
  }
  const { cause, ...told } = data
  const name = event === 'host_works_again' ? told['platform'] : told['name']
  const refusal = typeof cause === 'string' && cause in REFUSALS ? (cause as RefusalCause) : undefined
  const why = refusal && { status: REFUSALS[refusal].status, msg: refusalTexts(refusal, language).msg }
  return { event, data: { ...told, ...why }, name: typeof name === 'string' ? name : '', reason: why?.msg }
}

function toldFinding(finding: Finding, language: Language, portal: string | undefined): ToldFinding {
  const { title, action } = findingText(finding, language)
  return {
    ...{ finding: finding.key, status: finding.status, title },
    ...{ detail: 'words' in finding ? finding.words : null, action },
    url: portal === undefined ? null : findingUrl(finding, portal),
  }
}
