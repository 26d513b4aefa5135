package certificate

import "strings"

const (
	neverFirst = "、。，：；！？）》」』】〉％·…—,.;:!?)]}"
	neverLast  = "（《「『【〈([{"
)

// breakLines splits a text into lines no wider than width as measure has it. A line holds at least one character;
// none begins with closing punctuation or ends with an opening bracket. Line feeds of the text are kept.
func breakLines(text string, width float64, measure func(string) (float64, error)) ([]string, error) {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		broken, err := breakParagraph([]rune(paragraph), width, measure)
		if err != nil {
			return nil, err
		}
		lines = append(lines, broken...)
	}
	return lines, nil
}

func breakParagraph(rest []rune, width float64, measure func(string) (float64, error)) ([]string, error) {
	var lines []string
	for len(rest) > 0 {
		n := 1
		for n < len(rest) {
			w, err := measure(string(rest[:n+1]))
			if err != nil {
				return nil, err
			}
			if w > width {
				break
			}
			n++
		}
		n = goodBreak(rest, n)
		lines = append(lines, string(rest[:n]))
		rest = rest[n:]
	}
	if lines == nil {
		lines = []string{""}
	}
	return lines, nil
}

// goodBreak moves a break before n to the left until neither side is badly placed; if no place is good, n stays.
func goodBreak(text []rune, n int) int {
	for at := n; at > 0 && at < len(text); at-- {
		if !strings.ContainsRune(neverFirst, text[at]) && !strings.ContainsRune(neverLast, text[at-1]) && !splitsWord(text, at) {
			return at
		}
		if n-at > 30 {
			break
		}
	}
	return n
}

func splitsWord(text []rune, at int) bool { return latin(text[at-1]) && latin(text[at]) }

func latin(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
