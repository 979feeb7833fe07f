typedef int chengyun_placeholder;
