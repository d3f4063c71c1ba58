import './shell/styles.js'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isSignIn } from './session/sign-in-path.js'
import { Providers } from './shell/providers.js'
import { trustTexts } from './shell/security.js'

trustTexts()
const root = document.getElementById('portal')
if (root) {
  // Who is not signed in yet waits for the form alone: it is a page of its own, without the portal's router.
  const Content = isSignIn(location.pathname)
    ? (await import('./session/sign-in-page.js')).SignInPage
    : (await import('./shell/app.js')).App
  createRoot(root).render(
    <StrictMode>
      <Providers of={Content} />
    </StrictMode>,
  )
}
