import { paraglideVitePlugin } from '@inlang/paraglide-js'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compress } from './build-tools/compress.ts'
import { refusalMessages } from './build-tools/refusal-texts.ts'

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './paraglide',
      strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
      localStorageKey: 'obb-language',
    }),
    refusalMessages(),
    react(),
    compress(),
  ],
  // The gateway puts a new one into each answer: see apps/api/src/portal.
  html: { cspNonce: 'OBB_NONCE' },
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    // Each text is a module: those that several pages have are loaded together.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What all texts stand on, which would come into the first of these parts.
            { name: 'language', test: /paraglide[\\/](?:registry|runtime)/, priority: 2 },
            {
              name: 'operator-texts',
              test: /paraglide[\\/]messages[\\/]admin_/,
              minShareCount: 2,
              priority: 1,
            },
            // What all stands on, which would come into the first of these parts, too.
            { name: 'react', test: /node_modules[\\/](?:react|react-dom|scheduler)[\\/]/, priority: 3 },
            // In pieces it would be larger: all of it is needed, but for the form to sign in.
            {
              name: 'router',
              test: /@tanstack[\\/](?:history|react-router|react-store|router-core|store)[\\/]/,
              priority: 2,
            },
            // What the form to sign in is made of, and every page after it.
            {
              name: 'components',
              test: /@mantine[\\/]core[\\/]esm[\\/]components[\\/](?:Anchor|Button|Container|Paper|PasswordInput|Stack|TextInput|Title)[\\/]/,
              priority: 1,
            },
            { name: 'texts', test: /paraglide[\\/]messages/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env['OBB_API'] ?? 'http://127.0.0.1:8080' } },
})
