// Third-party files. Their address holds their version, which the page's shell knows.

const FOLDER = document.querySelector("meta[name=vendor]").content;

export const vendor = (file) => `${FOLDER}${file}`;
