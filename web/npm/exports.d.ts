
// What the npm package adds: the module's exports. All of them are the page's one client, `window.rudderanalytics`.

/** The official SDK's way in: it is the page's one client, or, once it has loaded another write key, a client of its own. */
export declare class RudderAnalytics {}

export declare const load: RudderAnalytics["load"];
export declare const ready: RudderAnalytics["ready"];
export declare const identify: RudderAnalytics["identify"];
export declare const track: RudderAnalytics["track"];
export declare const page: RudderAnalytics["page"];
export declare const group: RudderAnalytics["group"];
export declare const alias: RudderAnalytics["alias"];
export declare const reset: RudderAnalytics["reset"];
export declare const getUserId: RudderAnalytics["getUserId"];
export declare const getUserTraits: RudderAnalytics["getUserTraits"];
export declare const getAnonymousId: RudderAnalytics["getAnonymousId"];
export declare const setAnonymousId: RudderAnalytics["setAnonymousId"];
export declare const getGroupId: RudderAnalytics["getGroupId"];
export declare const getGroupTraits: RudderAnalytics["getGroupTraits"];
export declare const getSessionId: RudderAnalytics["getSessionId"];
export declare const startSession: RudderAnalytics["startSession"];
export declare const endSession: RudderAnalytics["endSession"];
export declare const setAuthToken: RudderAnalytics["setAuthToken"];
export declare const consent: RudderAnalytics["consent"];
export declare const revoke: RudderAnalytics["revoke"];
export declare const flush: RudderAnalytics["flush"];
export declare const on: RudderAnalytics["on"];
export declare const stats: RudderAnalytics["stats"];
export declare const debug: RudderAnalytics["debug"];
export declare const push: RudderAnalytics["push"];
export declare const getAnalyticsInstance: RudderAnalytics["getAnalyticsInstance"];
