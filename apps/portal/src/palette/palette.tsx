import { Loader, Modal, Text, TextInput, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { call } from '../api/call.js'
import type { Language } from '../api/portal-types.js'
import { stateText } from '../downloads/link-texts.js'
import { SearchIcon } from '../shared/icons.js'
import { LANGUAGES, currentLanguage, m } from '../shared/text.js'
import { OPERATOR_PAGES, USER_PAGES } from '../shell/pages.js'
import { SCHEMES, SCHEME_NAMES } from '../shell/schemes.js'
import { useChangeLanguage } from '../shell/use-change-language.js'
import { useSignOut } from '../shell/use-sign-out.js'
import { type Command, foundCommands, placeOf, stepped } from './commands.js'
import styles from './palette.module.css'

/** Links that are found, and from how many letters on they are looked for. */
const LINKS = 8
const LEAST_LETTERS = 2

interface PaletteProps {
  isOperator: boolean
  onClose: () => void
}

/** Pages, actions and one's own links, by name and keyboard. */
export function Palette({ isOperator, onClose }: PaletteProps) {
  const id = useId()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const commands = foundCommands(useCommands(isOperator), words)
  const { links, isLooking } = useLinks(words)
  const found = [...commands, ...links]
  const active = Math.min(at, found.length - 1)
  const optionId = (n: number) => `${id}-${n}`
  const run = (command: Command | undefined) => {
    if (!command) return
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepped(event.key, active, found.length)
    if (next !== undefined) {
      event.preventDefault()
      setAt(next)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(found[active])
    }
  }
  useEffect(() => {
    document.getElementById(optionId(active))?.scrollIntoView({ block: 'nearest' })
  })
  return (
    <Modal
      onClose={onClose}
      opened
      padding="xs"
      size="lg"
      title={m.palette()}
      transitionProps={{ duration: 0 }}
      withCloseButton={false}
      yOffset="12vh"
    >
      <TextInput
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        aria-autocomplete="list"
        aria-controls={`${id}-list`}
        aria-expanded
        aria-label={m.palette()}
        autoComplete="off"
        data-autofocus
        leftSection={<SearchIcon size={16} />}
        maxLength={200}
        onChange={(event) => {
          setWords(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
        placeholder={m.palette_hint()}
        rightSection={isLooking ? <Loader size={14} /> : undefined}
        role="combobox"
        value={words}
      />
      <div aria-label={m.palette()} className={styles['list']} id={`${id}-list`} role="listbox">
        {found.map((command, n) => (
          // Chosen by keyboard in the box above, which keeps the focus.
          <div
            aria-selected={n === active}
            className={styles['option']}
            id={optionId(n)}
            key={command.id}
            onClick={() => run(command)}
            onMouseMove={() => setAt(n)}
            role="option"
          >
            <span className={styles['name']}>{command.label}</span>
            <Text c="dimmed" className={styles['kind'] ?? ''} component="span" size="xs">
              {command.kind}
            </Text>
          </div>
        ))}
      </div>
      <Text aria-live="polite" c="dimmed" p={found.length === 0 ? 'xs' : 0} size="sm">
        {found.length === 0 && !isLooking && m.nothing_found()}
      </Text>
    </Modal>
  )
}

function useCommands(isOperator: boolean): Command[] {
  const navigate = useNavigate()
  const { setColorScheme } = useMantineColorScheme()
  const changeLanguage = useChangeLanguage()
  const signOut = useSignOut()
  const pages = isOperator ? [...USER_PAGES, ...OPERATOR_PAGES] : USER_PAGES
  return [
    ...pages.map(({ to, label }) => ({
      ...{
        id: `page ${to}`,
        label: label(),
        kind: to.startsWith('/admin') ? m.nav_operator() : m.palette_page(),
      },
      run: () => void navigate({ to }),
    })),
    ...SCHEMES.map((scheme) => ({
      ...{ id: `scheme ${scheme}`, label: SCHEME_NAMES[scheme](), kind: m.theme() },
      run: () => setColorScheme(scheme),
    })),
    ...Object.entries(LANGUAGES)
      .filter(([language]) => language !== currentLanguage())
      .map(([language, name]) => ({
        ...{ id: `language ${language}`, label: name, kind: m.language() },
        run: () => changeLanguage(language as Language),
      })),
    { id: 'try', label: m.try_title(), kind: m.palette_page(), run: () => void navigate({ to: '/try' }) },
    { id: 'docs', label: m.documentation(), kind: m.palette_page(), run: () => location.assign('/docs') },
    { id: 'sign-out', label: m.sign_out(), kind: m.palette_action(), run: () => signOut.mutate() },
  ]
}

/** One's own links whose names have the words. */
function useLinks(words: string): { links: Command[]; isLooking: boolean } {
  const navigate = useNavigate()
  const [settled] = useDebouncedValue(words.trim(), 200)
  const isWanted = settled.length >= LEAST_LETTERS
  const { data, isFetching } = useQuery({
    queryKey: ['palette', settled],
    queryFn: ({ signal }) => call('GET links', { query: { search: settled, limit: LINKS }, signal }),
    enabled: isWanted,
  })
  const isCurrent = isWanted && settled === words.trim()
  const links = isCurrent ? (data?.links ?? []) : []
  return {
    isLooking: isFetching || (words.trim().length >= LEAST_LETTERS && !isCurrent),
    links: links.map((link) => ({
      ...{
        id: `link ${link.linkId}`,
        label: link.filename,
        kind: `${link.platform} · ${stateText(link.state)}`,
      },
      run: () => void navigate(placeOf(link, settled)),
    })),
  }
}
