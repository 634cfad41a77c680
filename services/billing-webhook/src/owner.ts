/** Who pays and whose plan it is. Teams do not buy yet, but their rows already fit. */
export interface Owner {
  kind: "user" | "team";
  id: string;
}
