run test check docs bench lock: ; python3 dev.py $@
.PHONY: run test check docs bench lock
