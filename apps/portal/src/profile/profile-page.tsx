import { Radio, Stack, Tabs, Text, useMantineColorScheme } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Language } from '../api/portal-types.js'
import { useUser } from '../session/session.js'
import { PageHeader } from '../shared/page-header.js'
import { LANGUAGES, currentLanguage, m } from '../shared/text.js'
import { SCHEMES, SCHEME_NAMES, type Scheme } from '../shell/schemes.js'
import { useChangeLanguage } from '../shell/use-change-language.js'
import { Keys } from './keys.js'
import { Notifications } from './notifications.js'
import { OpenIdLink } from './open-id-link.js'
import { OwnData } from './own-data.js'
import { Passkeys } from './passkeys.js'
import { Password } from './password.js'
import { TABS, type Tab } from './search.js'
import { SecondFactor } from './second-factor.js'
import { Sessions } from './sessions.js'

const route = getRouteApi('/frame/profile')

const NAMES: Record<Tab, () => string> = {
  keys: m.keys,
  passkeys: m.passkeys,
  password: m.password,
  sessions: m.sessions,
  notifications: m.notifications,
  looks: m.profile_looks,
  data: m.own_data,
}

/** The user's own: keys, ways to sign in, sessions, notifications, language and looks, and all that is known of them. */
export function ProfilePage() {
  const user = useUser()
  const { tab = 'keys' } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useTabInView(tab)
  return (
    <>
      <PageHeader lead={user.email} title={m.nav_profile()} />
      <Tabs
        keepMounted={false}
        onChange={(next) => void navigate({ search: { tab: next as Tab }, replace: true })}
        value={tab}
      >
        <Tabs.List mb="lg" ref={list}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {NAMES[each]()}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
        <Tabs.Panel value="passkeys">
          <Passkeys />
        </Tabs.Panel>
        <Tabs.Panel value="password">
          <Stack gap="xl">
            <Password />
            <SecondFactor />
            <OpenIdLink />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <Sessions />
        </Tabs.Panel>
        <Tabs.Panel value="notifications">
          <Notifications />
        </Tabs.Panel>
        <Tabs.Panel value="looks">
          <Looks />
        </Tabs.Panel>
        <Tabs.Panel value="data">
          <OwnData />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** On a phone not all tabs are in view: the open one is. */
function useTabInView(tab: Tab) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [tab])
  return list
}

function Looks() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const changeLanguage = useChangeLanguage()
  return (
    <Stack gap="lg">
      <Radio.Group
        label={m.language()}
        name="language"
        onChange={(language) => changeLanguage(language as Language)}
        value={currentLanguage()}
      >
        <Stack gap="xs" mt={6}>
          {Object.entries(LANGUAGES).map(([language, name]) => (
            <Radio key={language} label={<span lang={language}>{name}</span>} value={language} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group
        label={m.theme()}
        name="theme"
        onChange={(scheme) => setColorScheme(scheme as Scheme)}
        value={colorScheme}
      >
        <Stack gap="xs" mt={6}>
          {SCHEMES.map((scheme) => (
            <Radio key={scheme} label={SCHEME_NAMES[scheme]()} value={scheme} />
          ))}
        </Stack>
      </Radio.Group>
      <Text c="dimmed" size="xs">
        {m.profile_looks_hint()}
      </Text>
    </Stack>
  )
}
