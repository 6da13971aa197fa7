"""What makes a page a browser that keeps the cookies of scripts for a moment only, as Safari keeps them for 7 days."""

CAPPED = """
const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
Object.defineProperty(Document.prototype, "cookie", {
    configurable: true,
    get() { return get.call(this); },
    set(text) {
        const isRemoved = /expires=Thu, 01 Jan 1970/.test(text);
        set.call(this, isRemoved ? text : text.replace(/; *(expires|max-age)=[^;]*/gi, "") + "; max-age=1");
    },
});
"""
