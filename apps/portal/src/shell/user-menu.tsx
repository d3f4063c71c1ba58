import { ActionIcon, Menu, Text, useMantineColorScheme } from '@mantine/core'
import { useUser } from '../session/session.js'
import { CheckIcon, ProfileIcon, SignOutIcon } from '../shared/icons.js'
import { LANGUAGES, currentLanguage, m } from '../shared/text.js'
import { SCHEMES, SCHEME_NAMES } from './schemes.js'
import { useChangeLanguage } from './use-change-language.js'
import { useSignOut } from './use-sign-out.js'
import type { Language } from '../api/portal-types.js'

/** Who is signed in, how the portal looks, and the way out. */
export function UserMenu() {
  const user = useUser()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const changeLanguage = useChangeLanguage()
  const signOut = useSignOut()
  return (
    <Menu defaultOpened position="bottom-end" shadow="md" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={m.account_menu()} color="gray" size="lg" variant="subtle">
          <ProfileIcon size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Text c="dimmed" p="xs" size="xs">
          {m.signed_in_as()}
          <br />
          <Text c="var(--mantine-color-text)" component="span" size="sm">
            {user.email}
          </Text>
        </Text>
        <Menu.Divider />
        <Menu.Label>{m.theme()}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            aria-checked={colorScheme === scheme}
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme && <CheckIcon size={16} />}
            role="menuitemradio"
          >
            {SCHEME_NAMES[scheme]()}
          </Menu.Item>
        ))}
        <Menu.Label>{m.language()}</Menu.Label>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item
            aria-checked={currentLanguage() === language}
            key={language}
            lang={language}
            onClick={() => changeLanguage(language as Language)}
            rightSection={currentLanguage() === language && <CheckIcon size={16} />}
            role="menuitemradio"
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<SignOutIcon size={16} />} onClick={() => signOut.mutate()}>
          {m.sign_out()}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
