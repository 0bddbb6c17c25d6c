/** The style of what only lives with the script, put in by stepwise; empty where the style sheet is served apart. */
declare const LOOK: string;
