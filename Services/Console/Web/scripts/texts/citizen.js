// Texts of the citizens' pages.

export const citizen = {
  "citizen.title": ["市民服务", "Citizen services"],
};
