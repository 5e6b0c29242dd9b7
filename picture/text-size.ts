// How much room texts take: estimated, since nothing here has a font. Of the system's fonts that browsers use, the widest decide.

import type { PictureNode } from "./picture";

/** Heights of a line of text, in CSS pixels. */
export const lineHeight = 13;

/** Font sizes of a label and of other texts, and the width of their average letters. */
export const labelFont = { size: 12.5, letter: 7.2 };
export const textFont = { size: 11, letter: 6 };

/** Room at the left of a text, beside the coloured edge, and at its right. */
const padding = 20;
const narrowest = 130;
/** Letters of a text. */
const longest = 28;

/** A text as it is drawn: names can be long, and none may make the picture wide. */
export function cut(text: string): string {
  const letters = [...text];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : text;
}

/** Width and height of a node's box with its label, its kind and its details. */
export function boxSize({ label, kind, details }: Pick<PictureNode, "label" | "kind" | "details">): {
  width: number;
  height: number;
} {
  const texts = [kind, ...details].map((text) => cut(text).length * textFont.letter);
  const width = Math.ceil(
    Math.max(narrowest, cut(label).length * labelFont.letter + padding, ...texts.map((text) => text + padding)),
  );
  return { width, height: 27 + texts.length * lineHeight };
}
