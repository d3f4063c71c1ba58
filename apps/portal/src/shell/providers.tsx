import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, useEffect, useState } from 'react'
import { onSignedOut } from '../api/call.js'
import { queryClient } from '../api/query-client.js'
import type { Language } from '../api/portal-types.js'
import { sessionQuery } from '../session/session.js'
import { LanguageContext, currentLanguage, setLanguage } from '../shared/text.js'
import { styleNonce } from './security.js'
import { theme, variables } from './theme.js'

onSignedOut(() => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }))

/** What every page stands on: how it looks, what it asks, and its language. */
export function Providers({ of: Content }: { of: ComponentType }) {
  const [language, show] = useState<Language>(currentLanguage)
  useEffect(() => setLanguage(language), [language])
  const change = (next: Language) => {
    setLanguage(next)
    show(next)
  }
  return (
    <MantineProvider
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
      theme={theme}
    >
      <QueryClientProvider client={queryClient}>
        <LanguageContext value={change}>
          {/* A change of language draws everything anew. */}
          <Content key={language} />
        </LanguageContext>
      </QueryClientProvider>
    </MantineProvider>
  )
}
