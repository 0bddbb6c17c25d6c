/** The style of what only lives with the script, put in by stepwise; empty where the style sheet is served apart. */
declare const LOOK: string;
/** The key of the lesson that the script belongs to, put in by stepwise; empty where it is served apart. */
declare const KEY: string;
