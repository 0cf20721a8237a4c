import { Menu } from '@base-ui/react/menu'
import type { ReactNode } from 'react'
import { useIsDense } from '../design/density.ts'
import { Icon } from '../design/icon.tsx'
import { THEMES, useTheme } from '../design/theme.ts'
import { LANGUAGES, type Language, useSpeech } from '../words/speech.tsx'

/** The menu of language and appearance; `children` are more items. */
export function Preferences({ icon = 'sun', children }: { icon?: 'sun' | 'person'; children?: ReactNode }) {
  const { w, language, setLanguage } = useSpeech()
  const [theme, setTheme] = useTheme()
  const [isDense, setDense] = useIsDense()
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="button button-plain button-icon" aria-label={w.head.account}>
        <Icon name={icon} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="menu-positioner" align="end" sideOffset={6}>
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={language} onValueChange={(value: Language) => setLanguage(value)}>
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">{w.language}</Menu.GroupLabel>
                {(Object.keys(LANGUAGES) as Language[]).map((one) => (
                  <Menu.RadioItem key={one} value={one} className="menu-item" lang={one}>
                    {LANGUAGES[one].languageName}
                    {one === language && <CheckMark />}
                  </Menu.RadioItem>
                ))}
              </Menu.Group>
            </Menu.RadioGroup>
            <Menu.Separator className="menu-line" />
            <Menu.RadioGroup value={theme} onValueChange={setTheme}>
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">{w.theme.name}</Menu.GroupLabel>
                {THEMES.map((one) => (
                  <Menu.RadioItem key={one} value={one} className="menu-item">
                    {w.theme[one]}
                    {one === theme && <CheckMark />}
                  </Menu.RadioItem>
                ))}
              </Menu.Group>
            </Menu.RadioGroup>
            <Menu.Separator className="menu-line" />
            <Menu.CheckboxItem className="menu-item" checked={isDense} onCheckedChange={setDense}>
              {w.dense}
              {isDense && <CheckMark />}
            </Menu.CheckboxItem>
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function CheckMark() {
  return (
    <span className="menu-check">
      <Icon name="check" />
    </span>
  )
}
