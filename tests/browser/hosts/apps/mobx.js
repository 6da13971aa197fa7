import { autorun, observable, runInAction } from "mobx";

window.made = (value) => observable(value);
window.mobx = { autorun, observable, runInAction };
