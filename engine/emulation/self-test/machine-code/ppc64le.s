# System call: number in r0, arguments in r3 to r8, result in r3; an error is positive, with cr0.SO set.

.section look, "ax"
    li 3, 1
    mr 4, 1
    li 5, LOOK_STACK
    li 0, 4                 # write
    sc
    li 3, 1
    ld 4, 8(1)
    li 5, LOOK_NAME
    li 0, 4
    sc
    li 3, 0
    li 0, 1                 # exit
    sc

.section crash, "ax"
    li 3, 0
    ld 3, 0(3)
    li 3, 0
    li 0, 1
    sc

.section calls, "ax"
    lis 14, TABLE >> 16
    ori 14, 14, TABLE & 0xffff
    addi 15, 1, -SCRATCH
1:  ld 0, 0(14)
    cmpdi 0, -1
    beq 2f
    li 3, -1
    mr 4, 3
    mr 5, 3
    mr 6, 3
    mr 7, 3
    mr 8, 3
    sc
    bns 3f
    neg 3, 3
3:  std 3, 0(15)
    addi 14, 14, 8
    addi 15, 15, 8
    b 1b
2:  li 3, 1
    addi 4, 1, -SCRATCH
    sub 5, 15, 4
    li 0, 4
    sc
    li 3, 0
    li 0, 1
    sc

.section spin, "ax"
    lis 4, TABLE >> 16
    ori 4, 4, TABLE & 0xffff
    ld 5, 0(4)
    mtctr 5
    li 3, 0
1:  sldi 6, 3, 2
    add 3, 3, 6
    add 3, 3, 5
    std 3, -16(1)
    bl 3f
    addi 5, 5, -1
    bdnz 1b
    li 3, 0
    li 0, 1
    sc
3:  ld 6, -16(1)
    srdi 6, 6, 3
    xor 3, 3, 6
    blr
